// 暂停服务: what residents see when the kiosk cannot serve; never a reason they cannot act on.
pragma ComponentBehavior: Bound

import QtQuick
import Controls
import Staff
import KioskUi

Window {
    id: window

    property string hallName
    property string kioskNumber
    property string hotline: "12345"
    property string trouble
    property string remedy
    property list<string> mistakes
    // Nobody has chosen a language here: the technician reads both.
    property string troubleEnglish
    property string remedyEnglish
    property list<string> mistakesEnglish
    // No member of staff can be told from the settings: the list, which holds nothing secret, opens to whoever holds the emblem.
    property bool openToAll: false
    property bool heldOpen: false
    property StaffModel staff: null
    readonly property bool doorOpen: staff?.open ?? false
    readonly property bool listOpen: heldOpen || (staff?.signedIn ?? false)

    color: Theme.page
    title: hallName

    Binding { target: Theme; property: "width"; value: window.width; when: window.width > 0 }
    Binding { target: Theme; property: "height"; value: window.height; when: window.height > 0 }

    Column {
        visible: !window.listOpen && !window.doorOpen
        anchors.centerIn: parent
        width: parent.width - 4 * Theme.margin
        spacing: Theme.px(44)

        Emblem {
            objectName: "emblem"
            anchors.horizontalCenter: parent.horizontalCenter
            width: Theme.px(220)
            holdable: true
            onHeld: {
                if (window.openToAll)
                    window.heldOpen = true;
                else
                    window.staff?.knock();
            }
        }
        Words {
            objectName: "out-of-service"
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: "暂停服务"
            size: Theme.px(110)
            strong: true
        }
        Words {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: "Out of service"
            size: Theme.title
            soft: true
        }
        Words {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: "本机正在检修，请使用旁边的终端\nPlease use another kiosk"
            size: Theme.lead
        }
        Notice {
            width: parent.width
            iconName: "call"
            text: "政务服务热线 Hotline " + window.hotline
            next: window.kioskNumber !== "" ? "本机编号 Kiosk " + window.kioskNumber : ""
        }
    }
    Loader {
        anchors.fill: parent
        active: window.listOpen
        sourceComponent: MistakeList {
            trouble: window.trouble
            remedy: window.remedy
            mistakes: window.mistakes
            troubleEnglish: window.troubleEnglish
            remedyEnglish: window.remedyEnglish
            mistakesEnglish: window.mistakesEnglish
            onClosed: {
                window.heldOpen = false;
                window.staff?.leave();
            }
        }
    }
    Loader {
        anchors.fill: parent
        anchors.bottomMargin: Theme.px(40)
        active: window.doorOpen && !window.listOpen
        sourceComponent: DoorPage {
            staff: window.staff
        }
    }
    TouchWatch {
        anchors.fill: parent
        onTouched: window.staff?.touched()
    }
}
