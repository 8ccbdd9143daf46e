// 大字, 高对比, language and help: on every screen, at any moment, low enough for a wheelchair.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import KioskUi

Rectangle {
    id: bar

    required property DisplayModel display
    readonly property bool upright: !Theme.portrait
    signal helpTouched

    implicitHeight: Theme.px(148)
    implicitWidth: Theme.px(168)
    color: Theme.highContrast ? "#000000" : Theme.headerTop

    component AccessButton: T.Button {
        id: button

        property string iconName
        property bool lit: false

        width: bar.upright ? bar.width - Theme.px(24) : (bar.width - 2 * Theme.margin - 3 * Theme.px(20)) / 4
        height: bar.upright ? Theme.px(150) : bar.height - Theme.px(28)
        focusPolicy: Qt.NoFocus
        Accessible.name: text

        background: Rectangle {
            radius: Theme.px(20)
            color: button.lit ? "#ffffff" : button.down ? "#3f74d6" : Theme.highContrast ? "#000000" : "#1c53ba"
            border.width: Theme.highContrast ? Theme.edgeWidth : 0
            border.color: "#ffffff"
        }
        contentItem: Item {
            Icon {
                id: icon
                anchors.horizontalCenter: parent.horizontalCenter
                y: bar.upright ? Theme.px(24) : Theme.px(12)
                name: button.iconName
                size: Theme.px(54)
                colour: button.lit ? "#0a3a92" : "#ffffff"
            }
            OneLine {
                anchors.left: parent.left
                anchors.right: parent.right
                anchors.top: icon.bottom
                anchors.bottom: parent.bottom
                anchors.margins: Theme.px(4)
                horizontalAlignment: Text.AlignHCenter
                text: button.text
                largest: Theme.px(Theme.large ? 30 : 28)
                strong: true
                color: button.lit ? "#0a3a92" : "#ffffff"
            }
        }
    }

    Grid {
        anchors.horizontalCenter: parent.horizontalCenter
        y: bar.upright ? bar.height - height - Theme.px(24) : Theme.px(14)
        columns: bar.upright ? 1 : 4
        spacing: Theme.px(20)

        AccessButton {
            objectName: "large-text"
            iconName: Theme.large ? "text_decrease" : "text_increase"
            text: Theme.large ? qsTr("标准字") : qsTr("大字")
            lit: Theme.large
            onClicked: bar.display.chooseLargeText(!Theme.large)
        }
        AccessButton {
            objectName: "high-contrast"
            iconName: "contrast"
            text: Theme.highContrast ? qsTr("普通配色") : qsTr("高对比")
            lit: Theme.highContrast
            onClicked: bar.display.chooseHighContrast(!Theme.highContrast)
        }
        AccessButton {
            objectName: "language"
            iconName: "translate"
            text: bar.display.english ? "中文" : "English"
            onClicked: bar.display.chooseEnglish(!bar.display.english)
        }
        AccessButton {
            objectName: "help"
            iconName: "support_agent"
            text: qsTr("帮助")
            onClicked: bar.helpTouched()
        }
    }
}
