// Who are you: equal ways side by side; then whom the card or code named, with 不是我.
import QtQuick
import Controls
import KioskUi

Page {
    id: screen

    required property IdentifyModel identify
    readonly property bool another: identify.named && !identify.proved
    // Lying screens show the person and what is still asked for side by side.
    readonly property bool halved: !Theme.portrait && another

    readonly property bool face: identify.faceStage !== ""

    heading: identify.faceStage === "consent" ? qsTr("刷脸之前，请您确认") : face ? qsTr("刷脸核对") : identify.named ? qsTr("请确认身份") : qsTr("请选一种方式核验身份")
    lead: identify.factorsAsked > 1 && !face && !identify.named ? qsTr("此事项需要两种核验：刷身份证，再亮码或刷脸") : ""
    mainText: identify.faceStage === "consent" ? qsTr("同意，开始刷脸") : identify.mayGoOn && !face ? qsTr("是我，继续") : ""
    onMainTouched: identify.faceStage === "consent" ? identify.consentToFace() : visit.goOn()

    FacePanel {
        objectName: "face-panel"
        visible: screen.face
        anchors.fill: parent
        identify: screen.identify
    }

    ScrollArea {
        id: area
        visible: !screen.face
        anchors.fill: parent

        Item {
            width: parent?.width ?? 0
            height: screen.halved ? Math.max(who.height, ways.height) : ways.visible ? ways.y + ways.height : who.height

            Column {
                id: who
                width: screen.halved ? parent.width * 0.52 : parent.width
                spacing: Theme.gap

                PersonCard {
                    visible: screen.identify.named
                    width: parent.width
                    identify: screen.identify
                }
                Notice {
                    objectName: "second-proof"
                    visible: screen.another
                    width: parent.width
                    text: screen.identify.cardDone ? screen.identify.faceReason === "" ? qsTr("还差一步：请亮码或刷脸") : qsTr("还差一步：请出示手机身份码") : qsTr("还差一步：请刷身份证")
                }
            }
            WaysGrid {
                id: ways
                objectName: "ways"
                visible: !screen.identify.proved
                x: screen.halved ? who.width + Theme.gap : 0
                y: screen.another && !screen.halved ? who.height + Theme.gap : 0
                width: parent.width - x
                height: Math.max(implicitHeight, area.height - y - Theme.px(10))
                identify: screen.identify
            }
        }
    }
}
