// Who are you: equal ways side by side; then whom the card or code named, with 不是我.
import QtQuick
import Controls
import KioskUi

Page {
    id: screen

    required property IdentifyModel identify

    heading: identify.named ? qsTr("请确认身份") : qsTr("请选一种方式核验身份")
    lead: identify.factorsAsked > 1 ? qsTr("此事项需要两种核验：刷身份证，并出示手机身份码") : ""
    mainText: identify.proved ? qsTr("是我，继续") : ""
    onMainTouched: visit.goOn()

    Item {
        anchors.fill: parent

        // Lying screens show the person and what is still asked for side by side.
        readonly property bool halved: !Theme.portrait && more.visible

        PersonCard {
            id: person
            visible: screen.identify.named
            width: parent.halved ? parent.width * 0.52 : parent.width
            identify: screen.identify
        }
        Notice {
            id: more
            objectName: "second-proof"
            visible: screen.identify.named && !screen.identify.proved
            anchors.top: person.bottom
            anchors.topMargin: Theme.gap
            width: person.width
            text: screen.identify.cardDone ? qsTr("还差一步：请出示手机身份码") : qsTr("还差一步：请刷身份证")
        }
        WaysGrid {
            objectName: "ways"
            visible: !screen.identify.proved
            x: parent.halved ? person.width + Theme.gap : 0
            y: more.visible && !parent.halved ? more.y + more.height + Theme.gap : 0
            width: parent.width - x
            height: parent.height - y
            identify: screen.identify
        }
    }
}
